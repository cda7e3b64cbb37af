// The input is a list of Vias. Checks that an accepted value lies within the input, that the position advances, and that the value does not
// change when it is written and parsed again.
#include "require.hpp"

#include <offhook/sip/message/limits.hpp>
#include <offhook/sip/message/via.hpp>

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

void check_again(const Via& via) {
  std::string text = "SIP/2.0/" + std::string(via.transport) + " " + std::string(via.host);
  if (via.port) text += ":" + std::to_string(*via.port);
  text += via.params.text();
  std::string_view rest = text;
  const auto again = take_via(rest);
  require(again && rest.empty() && again->host == via.host && again->port == via.port && again->transport == via.transport);
  require(again->branch() == via.branch() && again->params.text() == via.params.text());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto rest = text;
  while (!rest.empty()) {
    const auto before = rest.size();
    const auto via = take_via(rest);
    if (!via) break;
    require(rest.size() < before && !via->host.empty() && within(via->host, text) && within(via->transport, text));
    require(!via->has_rfc3261_branch() || via->branch().size() > 7);
    check_params(via->params, text);
    check_again(*via);
  }
  return 0;
}
