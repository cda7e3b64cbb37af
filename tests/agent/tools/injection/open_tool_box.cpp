#include <offhook/tests/agent/tools/injection/open_tool_box.hpp>

#include <nlohmann/json.hpp>

namespace offhook::test {

using namespace agent;
using namespace agent::tools;
using What = ReplyAction::What;

OpenToolBox::OpenToolBox(std::vector<std::unique_ptr<ToolSource>> sources) : sources_(std::move(sources)) {
  for (const auto& source : sources_) descriptions_.insert(descriptions_.end(), source->descriptions().begin(), source->descriptions().end());
}

void OpenToolBox::run(const ToolCall& call) {
  static const std::map<std::string, What> kOwn{{"hang_up", What::HangUp}, {"transfer", What::Transfer}, {"hold", What::Hold}, {"send_digits", What::SendDigits}, {"note", What::Note}};
  if (const auto own = kOwn.find(call.name); own != kOwn.end()) {
    const auto arguments = nlohmann::json::parse(call.arguments, nullptr, false);
    std::string first;
    if (arguments.is_object() && !arguments.empty()) first = arguments.begin()->is_string() ? arguments.begin()->get<std::string>() : arguments.begin()->dump();
    return outcomes_.push_back({call.turn, call.call_id, "{}", ReplyAction{call.turn, own->second, first}, false});
  }
  for (const auto& source : sources_) {
    for (const ToolDescription& tool : source->descriptions()) {
      if (tool.name != call.name) continue;
      running_.emplace(++last_, call);
      return source->start({last_, call.name, call.arguments});
    }
  }
  outcomes_.push_back({call.turn, call.call_id, R"({"ok":false})", std::nullopt, true});
}

std::optional<ToolOutcome> OpenToolBox::poll() {
  for (const auto& source : sources_) {
    while (const auto result = source->poll()) {
      const ToolCall& call = running_.at(result->number);
      outcomes_.push_back({call.turn, call.call_id, nlohmann::json{{"data", result->text}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), std::nullopt, false});
    }
  }
  if (outcomes_.empty()) return std::nullopt;
  ToolOutcome next = std::move(outcomes_.front());
  outcomes_.pop_front();
  return next;
}

}  // namespace offhook::test
