#pragma once

#include <offhook/agent/providers/chat/model_question.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What a model of Ollama's is asked by its own interface, /api/chat.
namespace offhook::inline v0::agent::ollama {

/// Off unless asked for: a model that can think does, when it is not told, and a caller waits meanwhile.
enum class Think : std::uint8_t {
  AsModel,                  ///< nothing is said of it
  Off, On,
  Low, Medium, High, Max,   ///< for models that know how much (gpt-oss takes no On and no Off)
};
/// "", "off", "on", "low", "medium", "high", "max"; "" is AsModel. Nothing for any other word.
[[nodiscard]] std::optional<Think> parse_think(std::string_view word);

struct ModelOptions {
  std::string model;                          ///< with or without its tag, such as "llama3.2" or "qwen3:8b"
  std::optional<double> temperature;
  std::optional<std::int64_t> max_tokens;     ///< of one answer, its thoughts included
  /// Tokens of prompt, history and answer together. Always told, and the same each time: where it is not, it depends on the
  /// server's memory, and another one has the model loaded anew.
  std::int64_t context_tokens = 8192;
  /// How long the model stays loaded after each answer; less than 0: until the server ends.
  std::chrono::seconds keep_alive = std::chrono::minutes(30);
  Think think = Think::Off;
};

[[nodiscard]] std::string write_chat_request(const ModelOptions& options, const chat::ModelQuestion& question);
/// No messages: the model is loaded as a question would have it, and says nothing.
[[nodiscard]] std::string write_load_request(const ModelOptions& options);

}  // namespace offhook::inline v0::agent::ollama
