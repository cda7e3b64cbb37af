#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools {

/// A tool as somebody has looked at it.
struct Pin {
  std::string tool;  ///< its name for models: "files__read_file"
  std::string hash;  ///< ToolDefinition::hash
};

/// What may be done with a tool that nobody has pinned.
enum class Unpinned : std::uint8_t { Refuse, TrustFirst };

enum class PinVerdict : std::uint8_t {
  Known,    ///< the very definition that was looked at, or that came first
  New,      ///< none was known, and the first is trusted: from now on this one is
  Missing,  ///< none is known: refused until somebody looks at it
  Changed,  ///< another one is known: what was agreed to is not what is offered now, so that it is refused
};
[[nodiscard]] constexpr bool is_good(PinVerdict verdict) { return verdict == PinVerdict::Known || verdict == PinVerdict::New; }

/// For the log: a sentence with `hash`, by which to pin what is refused; `known` is the one that was pinned, if any. "" of Known.
[[nodiscard]] std::string words_of(PinVerdict verdict, std::string_view known, std::string_view hash);

inline constexpr std::size_t kMaxPins = 1024;  ///< of one server; what comes first beyond them is Missing

/// The definitions that are agreed to. Pure. What came first stays until the program ends, whatever its server says later.
class PinBook {
 public:
  PinBook(const std::vector<Pin>& pinned, Unpinned unpinned);

  [[nodiscard]] PinVerdict judge(std::string_view tool, std::string_view hash);
  /// "" when there is none.
  [[nodiscard]] std::string_view hash_of(std::string_view tool) const;

 private:
  std::map<std::string, std::string, std::less<>> hashes_;
  Unpinned unpinned_;
};

}  // namespace offhook::inline v0::agent::tools
