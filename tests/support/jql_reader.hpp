#pragma once
// As much of JQL as the keepers send, read strictly: everything else is refused, as Jira refuses what it cannot parse.

#include <cctype>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace hyakki::test {

/// field, operator ("=", "!=", "~", "in", "not in"), values
using jql_clause = std::function<bool(const std::string&, const std::string&, const std::vector<std::string>&)>;

/// Throws std::runtime_error for what is no JQL; else whether it holds by `clause`, which is asked for every clause.
class jql_reader {
public:
  jql_reader(const std::string& text, jql_clause clause) : clause_(std::move(clause)) { split(text); }

  bool holds() {
    auto out = any();
    if (word("ORDER")) {
      need("BY");
      do {
        if (at().text != "created" && at().text != "key")
          fail("no field to order by");
        ++n_;
        need("ASC");
      } while (sign(","));
    }
    if (n_ != tokens_.size())
      fail("something after its end");
    return out;
  }

private:
  struct token {
    std::string text;
    bool quoted = false, sign = false;
  };
  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error("Error in the JQL Query: " + why + " at word " + std::to_string(n_));
  }
  void split(const std::string& s) {
    for (std::size_t i = 0; i < s.size();) {
      auto c = s[i];
      if (c == ' ') {
        ++i;
      } else if (c == '"') {
        auto t = token{{}, true, false};
        for (++i; i < s.size() && s[i] != '"'; ++i) {
          if (s[i] == '\\' && (++i >= s.size() || (s[i] != '"' && s[i] != '\\')))
            fail("an unknown escape");
          t.text += s[i];
        }
        if (i++ >= s.size())
          fail("a quotation mark that does not close");
        tokens_.push_back(t);
      } else if (std::string{"(),=~"}.find(c) != std::string::npos) {
        tokens_.push_back({std::string{c}, false, true});
        ++i;
      } else if (s.compare(i, 2, "!=") == 0) {
        tokens_.push_back({"!=", false, true});
        i += 2;
      } else if (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_') {
        auto t = token{};
        for (; i < s.size() && (std::isalnum(static_cast<unsigned char>(s[i])) || s[i] == '-' || s[i] == '_'); ++i)
          t.text += s[i];
        tokens_.push_back(t);
      } else {
        fail(std::string{"the sign "} + c);
      }
    }
  }
  const token& at() const {
    if (n_ >= tokens_.size())
      fail("its end");
    return tokens_[n_];
  }
  bool word(const char* w) {
    auto hit = n_ < tokens_.size() && !tokens_[n_].quoted && !tokens_[n_].sign && tokens_[n_].text == w;
    n_ += hit ? 1 : 0;
    return hit;
  }
  bool sign(const char* w) {
    auto hit = n_ < tokens_.size() && tokens_[n_].sign && tokens_[n_].text == w;
    n_ += hit ? 1 : 0;
    return hit;
  }
  void need(const char* w) {
    if (!word(w))
      fail(std::string{"no "} + w);
  }
  bool any() {
    auto out = all();
    while (word("OR"))
      out = all() || out;
    return out;
  }
  bool all() {
    auto out = one();
    while (word("AND"))
      out = one() && out;
    return out;
  }
  std::string value() {
    if (at().sign)
      fail("no value");
    return tokens_[n_++].text;
  }
  bool one() {
    if (sign("(")) {
      auto out = any();
      if (!sign(")"))
        fail("no )");
      return out;
    }
    if (at().sign || at().quoted)
      fail("no field");
    auto field = tokens_[n_++].text;
    auto list = [&] {
      auto out = std::vector<std::string>{};
      if (!sign("("))
        fail("no (");
      do
        out.push_back(value());
      while (sign(","));
      if (!sign(")"))
        fail("no )");
      return out;
    };
    if (word("not")) {
      need("in");
      return clause_(field, "not in", list());
    }
    if (word("in"))
      return clause_(field, "in", list());
    for (auto op : {"=", "!=", "~"})
      if (sign(op))
        return clause_(field, op, {value()});
    fail("no operator");
  }

  jql_clause clause_;
  std::vector<token> tokens_;
  std::size_t n_ = 0;
};

} // namespace hyakki::test
