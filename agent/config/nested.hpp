#pragma once

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/problem.hpp>
#include <offhook/base/socket_address.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Settings with settings in them.
namespace offhook::inline v0::agent::config {

/// Reads one value that has no settings in it; `where` is its pointer.
using LeafReader =
    std::function<base::Result<JsonValue, Complaint>(const Setting& setting, const JsonValue& value, const std::string& where)>;

/// A compound value as it is taken over. What does not fit is told, each with its pointer, and left out; of a list a bad entry
/// stays, with what is good of it, so that the others keep their numbers.
[[nodiscard]] JsonValue read_nested(const Setting& setting, const JsonValue& value, const std::string& where,
                                    const LeafReader& leaf, std::vector<Problem>& problems);

/// Tells which required settings an object lacks, also in objects inside of it, unless a problem of theirs is told already. read_nested()
/// does it for each object of a list or with a name of the operator's. Other objects may get settings from several sources.
void tell_missing(const Setting& setting, const JsonValue& value, const std::string& where, std::vector<Problem>& problems);

/// Tells of a name that is not known, and which one was meant.
[[nodiscard]] Problem unknown_name(const std::string& where, std::string_view name, const std::vector<std::string_view>& known);

/// A pointer into a compound setting that is no list: "/providers/mine/base_url".
struct InnerPlace {
  const Setting* top = nullptr;
  const Setting* setting = nullptr;  ///< what it points to
  std::vector<std::string> steps;    ///< from the top's value
};
[[nodiscard]] std::optional<InnerPlace> find_inner(std::string_view pointer);
/// The names in a pointer: "/speech/key" has "speech" and "key".
[[nodiscard]] std::vector<std::string> steps_of(std::string_view pointer);
/// Puts `value` there; objects on the way are made.
void put_inner(JsonValue& tree, const std::vector<std::string>& steps, JsonValue value);

[[nodiscard]] const JsonValue* member(const JsonValue& object, std::string_view name);
/// A member's text; "" when there is none.
[[nodiscard]] std::string text_of(const JsonValue& object, std::string_view name);

/// The value with "***" for each secret.
[[nodiscard]] JsonValue masked(const Setting& setting, const JsonValue& value);

/// The address that a host is written as, with or without the brackets of IPv6; nothing when it is a name.
[[nodiscard]] std::optional<base::IpAddress> address_of_host(std::string_view host);

}  // namespace offhook::inline v0::agent::config
