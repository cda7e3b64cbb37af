#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::config {

/// Where the members and items of a JSON text stand. Holds no value of it.
class JsonPlaces {
 public:
  JsonPlaces() = default;
  /// Of a text that read_json() accepts. Other text gives the places up to its first mistake.
  explicit JsonPlaces(std::string_view text);

  /// "LINE:COLUMN" of the member or item that the pointer names, or else of the innermost one around it that is there; nothing when none is.
  /// Both begin with 1; a column counts octets. A name with an escape in it is not found.
  [[nodiscard]] std::optional<std::string> find(std::string_view pointer) const;

 private:
  std::map<std::string, std::string, std::less<>> places_;  // By pointer. Of a repeated name the last.
};

}  // namespace offhook::inline v0::agent::config
