#pragma once

#include <offhook/agent/providers/chat/model_question.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Writes requests to a model on an Ollama server, for Ollama's own interface /api/chat.
namespace offhook::inline v0::agent::ollama {

/// Whether the model thinks before it answers. The default is Off, because the caller waits while a model thinks.
enum class Think : std::uint8_t {
  AsModel,                  ///< the request does not contain the member `think`
  Off, On,
  Low, Medium, High, Max,   ///< for models that have levels (gpt-oss accepts neither On nor Off)
};
/// Parses "", "off", "on", "low", "medium", "high" or "max"; "" is AsModel. Returns nullopt for any other word.
[[nodiscard]] std::optional<Think> parse_think(std::string_view word);

struct ModelOptions {
  std::string model;                          ///< with or without a tag, such as "llama3.2" or "qwen3:8b"
  std::optional<double> temperature;
  std::optional<std::int64_t> max_tokens;     ///< limit for one answer, including its thoughts
  /// Space for prompt, history and answer together, in tokens. Every request has the same value: without it, the server would choose one by its memory,
  /// and another value would make it load the model again.
  std::int64_t context_tokens = 8192;
  /// Time for which the model stays loaded after each answer. Negative: until the server ends.
  std::chrono::seconds keep_alive = std::chrono::minutes(30);
  Think think = Think::Off;
};

[[nodiscard]] std::string write_chat_request(const ModelOptions& options, const chat::ModelQuestion& question);
/// Writes a request without messages: the server then loads the model with the same settings as for a question, and answers without text.
[[nodiscard]] std::string write_load_request(const ModelOptions& options);

}  // namespace offhook::inline v0::agent::ollama
