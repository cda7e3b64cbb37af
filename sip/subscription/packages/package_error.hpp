#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace offhook::inline v0::sip::packages {

inline constexpr std::size_t kMaxBodyBytes = 65536;
inline constexpr std::size_t kMaxXmlDepth = 16;
inline constexpr std::size_t kMaxXmlElements = 4096;
inline constexpr std::size_t kMaxRows = 1024;  ///< dialogs, contacts or users per table

enum class PackageError : std::uint8_t {
  TooLarge,        // over kMaxBodyBytes
  TooDeep,         // over kMaxXmlDepth
  TooMany,         // over kMaxXmlElements or kMaxRows, or too many lines in a summary
  Malformed,       // not XML, or not a header line
  Forbidden,       // a document type declaration
  WrongDocument,   // another root element or namespace
  MissingValue,    // a mandatory attribute or element is missing
  BadValue,        // a bad number, state or word
};
[[nodiscard]] std::string_view to_string(PackageError error);

}  // namespace offhook::inline v0::sip::packages
