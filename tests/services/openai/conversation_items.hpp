#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace offhook::services::openai {

/// The items of a Realtime conversation, in order.
class ConversationItems {
 public:
  struct Item {
    nlohmann::json body;           ///< the item as the API returns it
    std::uint64_t audio_ms = 0;    ///< duration of the model's audio in this item
    bool model_audio = false;
    [[nodiscard]] std::string id() const { return body.value("id", ""); }
  };

  [[nodiscard]] Item* find(const std::string& id);
  /// Adds an item after the item `previous`. If `previous` is "root", adds it at the front; if it is "", at the end. Returns null if the
  /// item `previous` does not exist.
  Item* add(nlohmann::json body, const std::string& previous = {});
  [[nodiscard]] bool remove(const std::string& id);
  /// Returns the id of the item before this item, or null for the first item.
  [[nodiscard]] nlohmann::json before(const std::string& id) const;
  [[nodiscard]] std::string last_id() const { return items_.empty() ? std::string() : items_.back().id(); }
  /// Returns true if a function_call with this id exists and has no output yet.
  [[nodiscard]] bool awaits_output(const std::string& call_id) const;
  /// Returns the words of the newest item that is not an answer of the model.
  [[nodiscard]] std::string newest_words() const;

 private:
  std::vector<Item> items_;
};

}  // namespace offhook::services::openai
