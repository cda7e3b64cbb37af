#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools {

/// The definition of a tool that the operator has approved.
struct Pin {
  std::string tool;  ///< the tool's name for models: "files__read_file"
  std::string hash;  ///< ToolDefinition::hash
};

/// The treatment of a tool without a pin.
enum class Unpinned : std::uint8_t { Refuse, TrustFirst };

enum class PinVerdict : std::uint8_t {
  Known,    ///< it is the approved definition, or the first definition, which was trusted
  New,      ///< it is the first definition of this tool, and is trusted from now on
  Missing,  ///< the operator has approved no definition: the tool is refused until the operator pins one
  Changed,  ///< it differs from the known definition: the tool is refused
};
[[nodiscard]] constexpr bool is_good(PinVerdict verdict) { return verdict == PinVerdict::Known || verdict == PinVerdict::New; }

/// Returns a sentence for the log, with the `hash` for a new pin. `known` is the pinned hash, or "". Returns "" for Known.
[[nodiscard]] std::string words_of(PinVerdict verdict, std::string_view known, std::string_view hash);

inline constexpr std::size_t kMaxPins = 1024;  ///< most pins for one server; further new definitions are Missing

/// The approved definitions. Does no I/O. A definition that was trusted first stays until the program ends, whatever its server sends later.
class PinStore {
 public:
  PinStore(const std::vector<Pin>& pinned, Unpinned unpinned);

  [[nodiscard]] PinVerdict judge(std::string_view tool, std::string_view hash);
  /// Returns the known hash of the tool; "" if there is none.
  [[nodiscard]] std::string_view hash_of(std::string_view tool) const;

 private:
  std::map<std::string, std::string, std::less<>> hashes_;
  Unpinned unpinned_;
};

}  // namespace offhook::inline v0::agent::tools
