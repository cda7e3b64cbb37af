#pragma once

#include <string>
#include <string_view>

/// Server-sent events as OpenAI's servers send them.
namespace offhook::test {

inline std::string sse(std::string_view data) { return "data: " + std::string(data) + "\n\n"; }

/// The event that ends a stream.
inline const std::string kDone = sse("[DONE]");

/// Returns a chunk of a chat completion with the text `content`, which is a JSON string without its quotes.
inline std::string chat_text(std::string_view content) {
  return sse(R"({"choices":[{"index":0,"delta":{"content":")" + std::string(content) + R"("}}]})");
}

}  // namespace offhook::test
