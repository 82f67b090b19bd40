#include "adapters/http/inflate.hpp"

#include "adapters/http_client.hpp"

#include "adapters/http/bounded_text.hpp"
#include "core/utf8.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace hyakki {

namespace {

/// A zlib stream that ends with its scope.
class inflater {
public:
  explicit inflater(int window) { good_ = ::inflateInit2(&stream_, window) == Z_OK; }
  ~inflater() {
    if (good_)
      ::inflateEnd(&stream_);
  }
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;

  enum class end { whole, broken, cut_off, too_much };

  end run(std::string_view in, std::string& out, std::size_t most, bool members) {
    if (!good_)
      return end::broken;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream_.avail_in = static_cast<uInt>(in.size());
    std::array<char, 32 * 1024> piece;
    for (;;) {
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = piece.size();
      int said = ::inflate(&stream_, Z_NO_FLUSH);
      auto got = piece.size() - stream_.avail_out;
      // Both forms are held at this time.
      if (out.size() + got > most - std::min(most, in.size()))
        return end::too_much;
      make_room(out, got, most);
      out.append(piece.data(), got);
      if (said == Z_STREAM_END) {
        // What follows the last member and is no other one is padding.
        if (!members || stream_.avail_in < 2 || stream_.next_in[0] != 0x1F || stream_.next_in[1] != 0x8B)
          return end::whole;
        if (::inflateReset(&stream_) != Z_OK)
          return end::broken;
        continue;
      }
      if (said != Z_OK && said != Z_BUF_ERROR)
        return end::broken;
      if (stream_.avail_in == 0 && got == 0)
        return end::cut_off;
      if (said == Z_BUF_ERROR && got == 0)
        return end::broken;
    }
  }

private:
  z_stream stream_{};
  bool good_ = false;
};

} // namespace

result<std::string> inflate_body(std::string body, std::string_view encoding, std::size_t most) {
  std::string name;
  for (char c : encoding)
    if (c != ' ' && c != '\t')
      name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (name.empty() || name == "identity" || body.empty())
    return body;
  bool gzip = name == "gzip" || name == "x-gzip";
  if (!gzip && name != "deflate")
    return error{ec::rejected, "answered with the encoding \"" + printable(cut_utf8(encoding, 40)) +
                                 "\", which was not asked for and is not known"};
  std::string out;
  auto end = inflater{gzip ? 15 + 16 : 15}.run(body, out, most, gzip);
  if (end == inflater::end::broken && !gzip && out.empty())
    end = inflater{-15}.run(body, out, most, false);
  switch (end) {
  case inflater::end::whole: return out;
  case inflater::end::too_much:
    return error{ec::rejected, "answered with a compressed body that is larger than " + std::to_string(most) +
                                 " bytes in clear, " + std::string{http_not_read}};
  case inflater::end::cut_off: return error{ec::unavailable, "answered with a compressed body that was cut off"};
  case inflater::end::broken: break;
  }
  return error{ec::unavailable, "answered with a compressed body that is broken"};
}

} // namespace hyakki
