// The input is the context of a telephone call from an operator's server. Checks that accepted values are within their bounds, and that a
// prompt with them can be rendered.
#include "require.hpp"

#include <offhook/agent/profile/call_data.hpp>
#include <offhook/agent/prompts/prompt_template.hpp>

#include <cstdint>
#include <string>
#include <string_view>

using offhook::fuzz::require;

namespace agent = offhook::agent;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto values = agent::parse_call_data(text, "the context of the call");
  if (!values) {
    require(values.error().detail.starts_with("the context of the call has "));
    return 0;
  }
  require(size <= agent::kMaxCallDataBytes && values->size() <= agent::prompts::kMaxContextValues);
  for (const auto& [name, value] : *values) require(name.size() <= agent::prompts::kMaxContextName && value.size() <= size);
  const auto prompt = agent::prompts::PromptTemplate::parse("{{context.name}}");
  require(prompt.has_value());
  agent::prompts::CallVariables call;
  call.context = *values;
  const std::string rendered = prompt->render(call);
  require(rendered.find('<', 1) == rendered.rfind('<'));  // A value cannot open or close a mark.
  return 0;
}
