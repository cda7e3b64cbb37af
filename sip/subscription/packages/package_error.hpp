#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace offhook::inline v0::sip::packages {

inline constexpr std::size_t kMaxBodyBytes = 65536;
inline constexpr std::size_t kMaxXmlDepth = 16;
inline constexpr std::size_t kMaxXmlElements = 4096;
inline constexpr std::size_t kMaxRows = 1024;  ///< Dialogs, contacts or users of one table.

enum class PackageError : std::uint8_t {
  TooLarge,        // over kMaxBodyBytes
  TooDeep,         // over kMaxXmlDepth
  TooMany,         // over kMaxXmlElements or kMaxRows, or over the lines of a summary
  Malformed,       // no XML, or no header line
  Forbidden,       // a document type
  WrongDocument,   // another root element, or namespace
  MissingValue,    // an attribute or element that must be there
  BadValue,        // a number, state or word that is none
};
[[nodiscard]] std::string_view to_string(PackageError error);

}  // namespace offhook::inline v0::sip::packages
