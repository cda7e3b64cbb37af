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

/// Puts the sources' values one over the other: the caller applies the weakest source first.
class SettingsReader {
 public:
  /// Borrows `sources` for as long as it lives.
  explicit SettingsReader(const Sources& sources);

  /// Sets one setting of the table. `where` is its place in problems.
  void apply(const Setting& setting, const JsonValue& value, const std::string& where, Origin origin);
  /// Sets what `pointer` names in the table, or inside of a compound setting that is no list. The pointer names such a setting.
  void apply_at(const std::string& pointer, const JsonValue& value, const std::string& where, Origin origin);
  void refuse(const std::string& where, const Complaint& complaint);
  /// Call after all sources: compound values take their places in the configuration, without the secrets in them.
  void finish();

  Effective out;
  std::vector<std::string> secrets;  ///< each secret that was read, also a refused or replaced one, and each value that a reference stands for
  std::set<std::string> referenced;  ///< the variables that values refer to: "${NAME}"

 private:
  void apply_inner(const InnerPlace& place, const JsonValue& value, const std::string& where, const std::string& pointer, Origin origin);
  [[nodiscard]] base::Result<JsonValue, Complaint> read_leaf(const Setting& setting, const JsonValue& value, const std::string& where);

  const Sources& sources_;
  bool is_file_ = false;          // The value that is being read stands in the file.
  std::vector<JsonValue> trees_;  // Of compound settings, at their places in the table.
};

}  // namespace offhook::inline v0::agent::config
