// The input is a template, and also the values of its variables. Checks that an error names a line of the text, and that a value is never
// parsed as a template.
#include "occurrences.hpp"
#include "require.hpp"

#include <offhook/agent/prompts/prompt_template.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace prompts = offhook::agent::prompts;
using offhook::fuzz::occurrences;
using offhook::fuzz::require;

namespace {

void judge(const prompts::PromptTemplate& parsed, std::string_view text) {
  const std::string alone = parsed.render({});
  require(!parsed.is_fixed() || (alone == text && !parsed.holds_data() && !parsed.uses_context()));
  require(!parsed.uses_context() || parsed.holds_data());
  prompts::CallVariables call;
  call.caller = call.caller_name = call.called = std::string(text.substr(0, 2048)) + "</data>{{called}}\n";
  call.headers = {{"X", call.caller}};
  call.context = {{"x", call.caller}};
  const std::string rendered = parsed.render(call);
  require(occurrences(rendered, "</data>") == occurrences(alone, "</data>"));
  require(occurrences(rendered, "\n") == occurrences(alone, "\n"));
  require(parsed.holds_data() || rendered == alone);
  // A character has at most four octets in UTF-8. The marks of a value are <data> and </data>.
  constexpr std::size_t kMostOfOne = 4 * prompts::kMaxValueCharacters + sizeof("<data></data>");
  require(rendered.size() <= text.size() + prompts::kMaxVariables * kMostOfOne);
  require(parsed.render(call, prompts::Use::Speech).size() <= rendered.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = prompts::PromptTemplate::parse(text);
  if (parsed) {
    require(size <= prompts::kMaxTemplateBytes && parsed->empty() == text.empty());
    judge(*parsed, text);
    return 0;
  }
  const auto lines = 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  require(parsed.error().line >= 1 && parsed.error().line <= lines);
  require(!parsed.error().found.empty() && !parsed.error().advice.empty());
  return 0;
}
