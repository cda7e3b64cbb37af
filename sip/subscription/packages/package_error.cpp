#include <offhook/sip/subscription/packages/package_error.hpp>

namespace offhook::inline v0::sip::packages {

std::string_view to_string(PackageError error) {
  switch (error) {
    case PackageError::TooLarge: return "the body is too large";
    case PackageError::TooDeep: return "the document is nested too deeply";
    case PackageError::TooMany: return "the document has too many elements";
    case PackageError::Malformed: return "the body is malformed";
    case PackageError::Forbidden: return "the document has a document type declaration";
    case PackageError::WrongDocument: return "the document has another type";
    case PackageError::MissingValue: return "a value is missing";
    case PackageError::BadValue: return "a value is invalid";
  }
  return "";
}

}  // namespace offhook::inline v0::sip::packages
