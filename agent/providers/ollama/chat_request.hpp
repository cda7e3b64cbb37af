#pragma once

#include <offhook/agent/providers/chat/model_question.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Writes requests to a model on an Ollama server, for Ollama's own interface /api/chat.
namespace offhook::inline v0::agent::ollama {

/// Whether the model thinks before it answers. The default is Off, because otherwise a model that can think does so while the caller waits.
enum class Think : std::uint8_t {
  AsModel,                  ///< the request has no such member
  Off, On,
  Low, Medium, High, Max,   ///< for models that have levels (gpt-oss accepts neither On nor Off)
};
/// Parses "", "off", "on", "low", "medium", "high" or "max"; "" is AsModel. Returns nullopt for any other word.
[[nodiscard]] std::optional<Think> parse_think(std::string_view word);

struct ModelOptions {
  std::string model;                          ///< with or without a tag, such as "llama3.2" or "qwen3:8b"
  std::optional<double> temperature;
  std::optional<std::int64_t> max_tokens;     ///< limit for one answer, including its thoughts
  /// Tokens of prompt, history and answer together. Every request has the same value. Without it, the server chooses a value by its memory, and a
  /// request with another value makes it load the model again.
  std::int64_t context_tokens = 8192;
  /// How long the model stays loaded after each answer. A negative value: until the server ends.
  std::chrono::seconds keep_alive = std::chrono::minutes(30);
  Think think = Think::Off;
};

[[nodiscard]] std::string write_chat_request(const ModelOptions& options, const chat::ModelQuestion& question);
/// Writes a request without messages. The server loads the model with the settings of a question, and answers without text.
[[nodiscard]] std::string write_load_request(const ModelOptions& options);

}  // namespace offhook::inline v0::agent::ollama
