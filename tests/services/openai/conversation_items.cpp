#include <offhook/tests/services/openai/conversation_items.hpp>

#include <algorithm>

namespace offhook::services::openai {

using nlohmann::json;

ConversationItems::Item* ConversationItems::find(const std::string& id) {
  const auto at = std::find_if(items_.begin(), items_.end(), [&](const Item& item) { return item.id() == id; });
  return at == items_.end() ? nullptr : &*at;
}

ConversationItems::Item* ConversationItems::add(json body, const std::string& previous) {
  auto at = items_.end();
  if (previous == "root") {
    at = items_.begin();
  } else if (!previous.empty()) {
    at = std::find_if(items_.begin(), items_.end(), [&](const Item& item) { return item.id() == previous; });
    if (at == items_.end()) return nullptr;
    ++at;
  }
  return &*items_.insert(at, Item{std::move(body)});
}

bool ConversationItems::remove(const std::string& id) {
  return std::erase_if(items_, [&](const Item& item) { return item.id() == id; }) != 0;
}

json ConversationItems::before(const std::string& id) const {
  for (std::size_t i = 1; i < items_.size(); ++i) {
    if (items_[i].id() == id) return items_[i - 1].id();
  }
  return nullptr;
}

bool ConversationItems::awaits_output(const std::string& call_id) const {
  bool called = false;
  for (const Item& item : items_) {
    const std::string type = item.body.value("type", "");
    if (item.body.value("call_id", "") != call_id) continue;
    if (type == "function_call") called = true;
    if (type == "function_call_output") return false;
  }
  return called;
}

std::string ConversationItems::newest_words() const {
  for (auto item = items_.rbegin(); item != items_.rend(); ++item) {
    if (item->body.value("type", "") == "function_call_output") return item->body.value("output", "");
    if (const std::string role = item->body.value("role", ""); role != "user" && role != "system") continue;
    std::string words;
    for (const auto& part : item->body.value("content", json::array())) {
      for (const char* name : {"text", "transcript"}) {
        if (part.contains(name) && part[name].is_string()) words += part[name].get<std::string>() + " ";
      }
    }
    return words;
  }
  return {};
}

}  // namespace offhook::services::openai
