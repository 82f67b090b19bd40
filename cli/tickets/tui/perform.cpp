#include "cli/tickets/tui/perform.hpp"

#include "cli/text.hpp"
#include "cli/tickets/run.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>

namespace hyakki::ticket_tui {
namespace {

/// Takes the place of a standard stream (they are variables, says glibc) and keeps what is written.
class taken_stream {
public:
  explicit taken_stream(FILE*& stream) : stream_(stream), before_(stream), own_(::open_memstream(&bytes_, &size_)) {
    if (own_ == nullptr)
      throw std::bad_alloc{};
    stream_ = own_;
  }
  ~taken_stream() {
    stream_ = before_;
    std::fclose(own_);
    std::free(bytes_);
  }
  taken_stream(const taken_stream&) = delete;
  taken_stream& operator=(const taken_stream&) = delete;
  std::string text() {
    std::fflush(own_);
    return {bytes_, size_};
  }

private:
  FILE*& stream_;
  FILE* before_;
  char* bytes_ = nullptr;
  std::size_t size_ = 0;
  FILE* own_;
};

} // namespace

std::string plain(std::string text) {
  constexpr std::string_view name = "tickets: ", help = ". Try \"";
  if (text.compare(0, name.size(), name) == 0)
    text.erase(0, name.size());
  if (text.compare(0, 2, "--") == 0) // a field is no option
    text.erase(0, 2);
  if (auto at = text.rfind(help); at != std::string::npos && text.find("--help\"", at) != std::string::npos)
    text.resize(at);
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  auto out = std::vector<std::string>{};
  for (std::size_t at = 0; at < text.size();) {
    auto end = std::min(text.find('\n', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string answer::line() const {
  auto said = cli::one_line(plain(well() ? out.substr(0, out.find('\n')) : err));
  return said.empty() ? (well() ? "Done" : "It did not work, and nothing was said about it") : said;
}

answer perform(const ticket_cli::call& asked, std::vector<std::string> words) {
  if (!asked.directory().empty())
    words.insert(words.begin() + 1, {"-C", asked.directory()});
  auto out = taken_stream{stdout}, err = taken_stream{stderr};
  auto done = answer{};
  try {
    done.code = ticket_cli::run("tickets", words);
  } catch (const std::exception& e) {
    done.code = 1;
    done.err = e.what();
  }
  done.out = out.text();
  done.err += err.text();
  return done;
}

} // namespace hyakki::ticket_tui
