#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::config {

/// The places of the members and items of a JSON text. Stores no value of the text.
class JsonPlaces {
 public:
  JsonPlaces() = default;
  /// Scans a text that read_json() accepts. For a different text, stores the places before its first mistake.
  explicit JsonPlaces(std::string_view text);

  /// Returns "LINE:COLUMN" of the member or item that the pointer names. If it is absent, returns the place of the innermost object or list around
  /// it, or nullopt if there is none. Both numbers begin with 1; a column counts octets. A name with an escape in it is not found.
  [[nodiscard]] std::optional<std::string> find(std::string_view pointer) const;

 private:
  std::map<std::string, std::string, std::less<>> places_;  // by pointer; a repeated name has its last place
};

}  // namespace offhook::inline v0::agent::config
