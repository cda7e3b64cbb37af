#pragma once

#include <offhook/agent/providers/chat/model_question.hpp>

#include <cstdint>
#include <optional>
#include <string>

/// Writes requests to a language model, for /chat/completions or /responses.
namespace offhook::inline v0::agent::openai {

struct ModelOptions {
  std::string model;
  std::optional<double> temperature;
  std::optional<std::int64_t> max_tokens;     ///< limit for one answer
  std::string reasoning_effort;               ///< "" leaves the model's default
  std::string service_tier;
  bool parallel_calls = true;

  // Members that compatible servers may not know. OpenAI's own server knows all of them.
  std::string prompt_role = "system";         ///< role of the prompt's message: "system" or "developer"
  bool legacy_max_tokens = false;             ///< sends `max_tokens` instead of `max_completion_tokens`
  bool send_stream_options = true;
  bool send_tool_choice = true;
  bool starts_in_thought = false;             ///< answers of /chat/completions begin inside a thought (ChatAnswer)
  bool store = false;                         ///< used by /responses only
};

[[nodiscard]] std::string write_chat_request(const ModelOptions& options, const chat::ModelQuestion& question);
[[nodiscard]] std::string write_responses_request(const ModelOptions& options, const chat::ModelQuestion& question);

}  // namespace offhook::inline v0::agent::openai
