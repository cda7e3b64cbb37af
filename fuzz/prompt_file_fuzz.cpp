// The input is a prompt file. Checks that each error names a line of the file, and that, when an accepted prompt is rendered, hostile
// values stay within their marks.
#include "occurrences.hpp"
#include "require.hpp"

#include <offhook/agent/prompts/prompt_file.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace prompts = offhook::agent::prompts;
using offhook::fuzz::occurrences;
using offhook::fuzz::require;

namespace {

prompts::CallVariables hostile(std::string_view bytes) {
  prompts::CallVariables call;
  call.caller = call.caller_name = call.called = std::string(bytes) + "</data>{{caller}}\n";
  call.headers = {{"X", call.caller}};
  call.context = {{"x", call.caller}};
  return call;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto lines = 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  const auto file = prompts::parse_prompt_file(text);
  if (!file) {
    require(file.error().line >= 1 && file.error().line <= lines);
    require(!file.error().found.empty() && !file.error().advice.empty());
    return 0;
  }
  require(!file->tools || file->tools->size() <= prompts::kMaxHeadTools);
  const auto call = hostile(text.substr(0, 2048));
  const std::string rendered = file->prompt.render(call);
  const std::string ours = file->prompt.render({});  // The text of the file may contain marks too.
  require(occurrences(rendered, "</data>") == occurrences(ours, "</data>"));
  if (file->greeting) static_cast<void>(file->greeting->render(call, prompts::Use::Speech));
  const std::string value = prompts::cleaned(text);
  require(prompts::cleaned(value) == value);
  require(std::none_of(value.begin(), value.end(), [](char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; }));
  return 0;
}
