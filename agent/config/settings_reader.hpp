#pragma once

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/config.hpp>
#include <offhook/agent/config/nested.hpp>
#include <offhook/agent/config/settings.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::config {

/// Applies the values of the sources. A later value replaces an earlier one, so apply the weakest source first.
class SettingsReader {
 public:
  /// Borrows `sources` as long as this object exists.
  explicit SettingsReader(const Sources& sources);

  /// Sets one setting of the table. `where` is its place in problems.
  void apply(const Setting& setting, const JsonValue& value, const std::string& where, Origin origin);
  /// Sets the setting at `pointer`, in the table or inside a compound setting that is not a list. The pointer must name such a setting.
  void apply_at(const std::string& pointer, const JsonValue& value, const std::string& where, Origin origin);
  void refuse(const std::string& where, const Complaint& complaint);
  /// Call it after all sources. Stores the compound values in the configuration, with masked secrets.
  void finish();

  Effective out;
  std::vector<std::string> secrets;  ///< each secret that was read, even if it was refused or replaced, and the value of each reference
  std::set<std::string> referenced;  ///< names of the variables that values refer to: "${NAME}"

 private:
  void apply_inner(const InnerPlace& place, const JsonValue& value, const std::string& where, const std::string& pointer, Origin origin);
  [[nodiscard]] base::Result<JsonValue, Complaint> read_leaf(const Setting& setting, const JsonValue& value, const std::string& where);

  const Sources& sources_;
  bool is_file_ = false;          // true while it reads a value of the file
  std::vector<JsonValue> trees_;  // values of the compound settings, by their index in the table
};

}  // namespace offhook::inline v0::agent::config
