// The input is the value of a header field about calls. The first octet selects the field. Checks that an accepted value is within its
// bounds, and does not change when it is written and parsed again.
#include "require.hpp"

#include <offhook/sip/message/dtmf_info.hpp>
#include <offhook/sip/message/parser.hpp>
#include <offhook/sip/message/privacy.hpp>
#include <offhook/sip/message/reason.hpp>
#include <offhook/sip/message/refer_to.hpp>
#include <offhook/sip/message/retargeting.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

using namespace offhook::sip;
using offhook::fuzz::require;

namespace {

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void on_replaces(std::string_view text) {
  const auto parsed = parse_replaces(text);
  if (!parsed) return;
  require(!parsed->call_id.empty() && !parsed->to_tag.empty() && !parsed->from_tag.empty());
  const std::string value = to_string(*parsed);
  require(is_one_line(value) && parse_replaces(value) == parsed);
}

void on_refer_to(std::string_view text) {
  const auto parsed = parse_refer_to(text);
  if (!parsed) return;
  const std::string value = refer_to(parsed->target, parsed->replaces ? &*parsed->replaces : nullptr);
  const auto again = parse_refer_to(value);
  require(again && again->target == parsed->target && again->replaces == parsed->replaces && again->method == Method::Invite);
}

void on_reason(std::string_view text) {
  const auto parsed = parse_reason(text);
  if (!parsed) return;
  require(parsed->text.size() <= kMaxReasonText && is_one_line(parsed->text));
  const auto again = parse_reason(to_string(*parsed));
  require(again && *again == *parsed);
}

void on_privacy(std::string_view text) {
  const auto parsed = parse_privacy(text);
  if (!parsed || *parsed == Privacy{}) return;
  require(*parse_privacy(to_string(*parsed)) == *parsed);
}

void on_dtmf(std::string_view text) {
  for (const char* type : {"application/dtmf", "application/dtmf-relay"}) {
    const auto parsed = parse_dtmf_info(type, text);
    if (!parsed) continue;
    require(std::string_view("0123456789*#ABCD").find(parsed->digit) != std::string_view::npos);
    require(parsed->duration_ms <= kMaxDtmfDuration);
  }
}

/// Parses the value as one header line of a whole message.
void on_message(std::string_view text) {
  const std::string whole =
      "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: "
      "<sip:a@b>\r\nCall-ID: 1\r\n"
      "CSeq: 1 OPTIONS\r\n" +
      std::string(text) + "\r\n\r\n";
  const auto parsed =
      parse_message(Slab::exact({reinterpret_cast<const std::uint8_t*>(whole.data()), whole.size()}), Framing::Datagram);
  if (!parsed) return;
  require(reasons_of(*parsed).size() <= kMaxReasons);
  require(diversions_of(*parsed).size() <= kMaxDiversions);
  const auto history = history_of(*parsed);
  require(history.size() <= kMaxHistoryEntries);
  for (const auto& entry : history) require(!entry.index.empty() && is_one_line(entry.reason));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 6) {
    case 0:
      on_replaces(text);
      break;
    case 1:
      on_refer_to(text);
      break;
    case 2:
      on_reason(text);
      break;
    case 3:
      on_privacy(text);
      break;
    case 4:
      on_dtmf(text);
      break;
    case 5:
      on_message(text);
      break;
  }
  return 0;
}
