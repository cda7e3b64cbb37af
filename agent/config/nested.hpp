#pragma once

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/support/problem.hpp>
#include <offhook/base/socket_address.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reads settings that contain settings.
namespace offhook::inline v0::agent::config {

/// Reads one value that contains no settings; `where` is its pointer.
using LeafReader =
    std::function<base::Result<JsonValue, Complaint>(const Setting& setting, const JsonValue& value, const std::string& where)>;

/// Returns the compound value to store. Reports each invalid value with its pointer, and omits the value. An invalid entry of a list stays, with its
/// valid members, so that the other entries keep their indexes.
[[nodiscard]] JsonValue read_nested(const Setting& setting, const JsonValue& value, const std::string& where,
                                    const LeafReader& leaf, std::vector<Problem>& problems);

/// Reports each required setting that the object `value` or an object inside it lacks, unless `problems` already has a problem about it.
/// read_nested() does this itself for the objects of a list, and for objects whose name the operator chose. SettingsReader does it for other objects,
/// because their settings may come from several sources.
void report_missing(const Setting& setting, const JsonValue& value, const std::string& where, std::vector<Problem>& problems);

/// Returns the problem for an unknown name, and suggests the intended name.
[[nodiscard]] Problem unknown_name(const std::string& where, std::string_view name, const std::vector<std::string_view>& known);

/// A place inside a compound setting that is not a list: "/providers/mine/base_url".
struct InnerPlace {
  const Setting* top = nullptr;
  const Setting* setting = nullptr;  ///< the setting at this place
  std::vector<std::string> steps;    ///< the path from the value of `top`
};
[[nodiscard]] std::optional<InnerPlace> find_inner(std::string_view pointer);
/// Returns the names in a pointer: "/speech/key" has "speech" and "key".
[[nodiscard]] std::vector<std::string> steps_of(std::string_view pointer);
/// Stores `value` at the path `steps`; creates objects that are missing on the path.
void put_inner(JsonValue& tree, const std::vector<std::string>& steps, JsonValue value);

/// Returns the value with "***" for each secret.
[[nodiscard]] JsonValue masked(const Setting& setting, const JsonValue& value);

/// Returns the IP address of a host, with or without the brackets of IPv6; nullopt when the host is a name.
[[nodiscard]] std::optional<base::IpAddress> address_of_host(std::string_view host);

}  // namespace offhook::inline v0::agent::config
