// The input is a line of a records file, which another program may have written or changed. Checks that the record can be shown in every
// form without control sequences for the terminal.
#include "require.hpp"

#include <offhook/agent/records/listing.hpp>
#include <offhook/agent/records/record_reader.hpp>
#include <offhook/agent/support/json_line.hpp>
#include <offhook/agent/support/utf8.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

using namespace offhook::agent;
using namespace offhook::agent::records;
using offhook::fuzz::require;

namespace {

constexpr WallTime kNow{std::chrono::hours(24 * 20000)};

bool is_plain(std::string_view shown) {
  return std::none_of(shown.begin(), shown.end(), [](char c) { return (c >= '\0' && c < ' ' && c != '\n') || c == '\x7f'; });
}

void show(StoredCall call) {
  for (const auto state : {StoredCall::State::Ended, StoredCall::State::InProgress, StoredCall::State::Interrupted}) {
    call.state = state;
    const std::string row = table_row(call);
    require(is_plain(row) && std::count(row.begin(), row.end(), '\n') == 1);
    require(is_plain(table_row(call, 80)));
    require(is_plain(conversation(call)));
    (void)is_failed(call);
    (void)is_selected(call, {.since = kNow});
    if (state != StoredCall::State::Ended) (void)json(call);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  require(is_plain(printable(text, size)) && cut_utf8(text, 64).size() <= 64);
  const std::string sealed = seal(JsonLine().text("text", text, size).take());
  const std::string_view line = std::string_view(sealed).substr(0, sealed.size() - 1);
  require(line.find('\n') == std::string_view::npos && is_plain(line) && (is_sealed(line) || line.size() >= kMaxLineBytes));
  require(!is_sealed(text) || text.front() == '{');
  (void)parse_since(text, kNow);
  (void)parse_rfc3339(std::string(text));
  if (auto record = parse_record(text)) show({StoredCall::State::Ended, std::move(*record), std::string(text)});
  return 0;
}
