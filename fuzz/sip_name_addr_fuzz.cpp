// The input is a list of name-addrs, and also one name-addr. Checks that an accepted value lies within the input, that the position
// advances, and that the value does not change when it is written and parsed again.
#include "require.hpp"

#include <offhook/sip/message/limits.hpp>
#include <offhook/sip/message/name_addr.hpp>

#include <cstdint>
#include <string>
#include <string_view>

using namespace offhook::sip;
using offhook::fuzz::require;

namespace {

bool within(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_params(const Params& params, std::string_view whole) {
  require(within(params.text(), whole));
  auto rest = params.text();
  std::size_t count = 0;
  while (const auto param = Params::next(rest)) {
    require(!param->name.empty() && within(param->name, whole) && within(param->value, whole));
    require(params.has(param->name));
    ++count;
  }
  require(count <= kMaxParams && rest.empty());
}

/// Joins the parts of the value, and checks that the parser returns the same value.
void check_again(const NameAddr& value) {
  std::string text =
      "\"" + std::string(value.display) + "\" <" + std::string(value.uri.text) + ">" + std::string(value.params.text());
  const auto again = parse_name_addr(text);
  if (!again) {  // A display name without quotes may contain characters that must be escaped within quotes.
    require(value.display.find_first_of("\"\\\x7F") != std::string_view::npos);
    return;
  }
  require(again->uri.text == value.uri.text && again->params.text() == value.params.text() && equivalent(again->uri, value.uri));
  require(again->tag() == value.tag());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto rest = text;
  std::size_t count = 0;
  while (!rest.empty()) {
    const auto before = rest.size();
    const auto value = take_name_addr(rest);
    if (!value) break;
    ++count;
    require(rest.size() < before && within(value->display, text) && within(value->uri.text, text));
    require(value->display_text().find_first_of("\r\n\x1b") == std::string::npos);
    check_params(value->params, text);
    if (!value->wildcard) check_again(*value);
  }
  if (const auto one = parse_name_addr(text)) require(count == 1 && rest.empty() && !one->wildcard);
  return 0;
}
