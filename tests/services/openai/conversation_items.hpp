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
    nlohmann::json body;           ///< as the API shows it
    std::uint64_t audio_ms = 0;    ///< of the model's own audio
    bool model_audio = false;
    [[nodiscard]] std::string id() const { return body.value("id", ""); }
  };

  [[nodiscard]] Item* find(const std::string& id);
  /// Puts it behind `previous` ("root": first; "": last). Null when there is no such item.
  Item* add(nlohmann::json body, const std::string& previous = {});
  [[nodiscard]] bool remove(const std::string& id);
  /// The id in front of that item; null for the first.
  [[nodiscard]] nlohmann::json before(const std::string& id) const;
  [[nodiscard]] std::string last_id() const { return items_.empty() ? std::string() : items_.back().id(); }
  /// Whether a function_call of that id was made, and not answered.
  [[nodiscard]] bool awaits_output(const std::string& call_id) const;
  /// The words of the newest item that is no answer of the model.
  [[nodiscard]] std::string newest_words() const;

 private:
  std::vector<Item> items_;
};

}  // namespace offhook::services::openai
