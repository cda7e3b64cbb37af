#pragma once

#include <offhook/agent/providers/chat/model_events.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::chat {

/// A piece of a function call from a stream.
struct CallPiece {
  std::optional<std::int64_t> index;
  std::string_view id, name, arguments;
  bool whole_arguments = false;  ///< true: the arguments came as a JSON object, and are complete
};

/// Assembles the function calls of one answer from their pieces. The index assigns a piece to a call, but some servers always send
/// index 0 or none, repeat the name, or send no id. Pure.
class CallAssembly {
 public:
  /// Adds a piece. Returns false if it exceeds a bound: kMaxCalls, kMaxArguments, kMaxNameOctets.
  [[nodiscard]] bool add(const CallPiece& piece);
  [[nodiscard]] bool empty() const { return calls_.empty(); }
  /// Removes the calls and returns them, in the order in which they began.
  [[nodiscard]] std::vector<ModelCall> take();

 private:
  struct Open {
    std::int64_t index = 0;
    ModelCall call;
  };
  [[nodiscard]] Open* find(const CallPiece& piece);
  std::vector<Open> calls_;
};

/// Returns true if `json` is one complete object, as far as its brackets and strings show.
[[nodiscard]] bool is_closed_object(std::string_view json);

}  // namespace offhook::inline v0::agent::chat
