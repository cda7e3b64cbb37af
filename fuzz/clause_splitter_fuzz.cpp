// The input is the text of a model. Checks that each clause is valid UTF-8 within its bounds and can be spoken. Checks that the clauses
// have the same letters however the text is split.
#include "require.hpp"

#include <offhook/agent/providers/clause_splitter.hpp>
#include <offhook/agent/support/utf8.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace offhook::agent;
using offhook::fuzz::require;

namespace {

void require_good(std::string_view clause) {
  const ClauseLimits limits;
  require(!clause.empty() && clause.front() != ' ' && clause.back() != ' ' &&
          count_utf8(clause) <= limits.chars + SpokenText::kMaxHeld);
  while (!clause.empty()) {
    const Utf8Char c = first_utf8(clause);
    require(c.state == Utf8Char::State::Good && c.code >= 0x20);
    clause.remove_prefix(c.length);
  }
}

std::string plain(std::string_view bytes, std::size_t step) {
  SpokenText text;
  std::string all;
  for (std::size_t at = 0; at < bytes.size(); at += step) all += text.feed(bytes.substr(at, step));
  return all + text.finish();
}

std::string letters(std::string_view bytes, std::size_t step) {
  ClauseSplitter splitter;
  std::vector<std::string> clauses;
  for (std::size_t at = 0; at < bytes.size(); at += step) splitter.feed(bytes.substr(at, step), clauses);
  splitter.finish(clauses);
  std::string all;
  for (const std::string& clause : clauses) {
    require_good(clause);
    std::copy_if(clause.begin(), clause.end(), std::back_inserter(all),
                 [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 4096));
  const std::size_t whole = std::max<std::size_t>(bytes.size(), 1);
  require(plain(bytes, 1) == plain(bytes, whole));
  require(letters(bytes, 1) == letters(bytes, whole));
  return 0;
}
