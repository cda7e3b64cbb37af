#pragma once

#include <offhook/agent/providers/chat/model_events.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::chat {

/// A part of a function call, as a stream brings it.
struct CallPiece {
  std::optional<std::int64_t> index;
  std::string_view id, name, arguments;
  bool whole_arguments = false;  ///< they came as an object: they are all
};

/// Puts the function calls of one answer together, by index where the server gives a true one. Some give always 0, or none,
/// repeat the name, or send no id. Pure.
class CallAssembly {
 public:
  /// False when a bound is exceeded: kMaxCalls, kMaxArguments, kMaxNameOctets.
  [[nodiscard]] bool add(const CallPiece& piece);
  [[nodiscard]] bool empty() const { return calls_.empty(); }
  /// In the order in which they began; afterwards there are none.
  [[nodiscard]] std::vector<ModelCall> take();

 private:
  struct Open {
    std::int64_t index = 0;
    ModelCall call;
  };
  [[nodiscard]] Open* find(const CallPiece& piece);
  std::vector<Open> calls_;
};

/// Whether `json` is one object, as far as its brackets and strings tell.
[[nodiscard]] bool is_closed_object(std::string_view json);

}  // namespace offhook::inline v0::agent::chat
