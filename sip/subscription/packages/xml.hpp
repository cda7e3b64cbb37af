#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/subscription/packages/package_error.hpp>

#include <pugixml.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// XML of event packages, for the .cpp files of this folder. Checks bounds before parsing, and finds names without regard to
/// prefixes.
namespace offhook::inline v0::sip::packages {

/// Checks size, depth and number of elements, and refuses a document type. Errors: TooLarge, TooDeep, TooMany, Forbidden,
/// Malformed.
[[nodiscard]] base::Result<void, PackageError> check_xml(std::string_view body);

/// Parses a document whose root must be this element of this namespace.
[[nodiscard]] base::Result<void, PackageError> load_xml(std::string_view body, std::string_view root, std::string_view space,
                                                        pugi::xml_document& into);

/// Iterate over the children with this name in the namespace of `parent`, with any prefix.
[[nodiscard]] pugi::xml_node first_child(pugi::xml_node parent, std::string_view name);
[[nodiscard]] pugi::xml_node next_sibling(pugi::xml_node node, std::string_view name);
[[nodiscard]] std::string child_text(pugi::xml_node parent, std::string_view name);
[[nodiscard]] std::string trimmed(std::string_view text);
/// Return the number, or nullopt if it is absent. Error: BadValue.
[[nodiscard]] base::Result<std::optional<std::uint32_t>, PackageError> number_of(pugi::xml_attribute attribute);
[[nodiscard]] base::Result<std::optional<std::uint32_t>, PackageError> number_in(pugi::xml_node parent, std::string_view name);

/// Starts a new document with one root element in a namespace.
[[nodiscard]] pugi::xml_node begin_xml(pugi::xml_document& document, const char* root, const char* space);
void add_text(pugi::xml_node parent, const char* name, std::string_view text);       ///< does nothing for ""
void add_attribute(pugi::xml_node node, const char* name, std::string_view value);  ///< does nothing for ""
[[nodiscard]] std::string save_xml(const pugi::xml_document& document);

}  // namespace offhook::inline v0::sip::packages
