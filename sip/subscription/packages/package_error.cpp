#include <offhook/sip/subscription/packages/package_error.hpp>

namespace offhook::inline v0::sip::packages {

std::string_view to_string(PackageError error) {
  switch (error) {
    case PackageError::TooLarge: return "the body is too large";
    case PackageError::TooDeep: return "the document is nested too deeply";
    case PackageError::TooMany: return "the document has too many elements";
    case PackageError::Malformed: return "the body cannot be read";
    case PackageError::Forbidden: return "the document has a document type";
    case PackageError::WrongDocument: return "this is another kind of document";
    case PackageError::MissingValue: return "a value is missing";
    case PackageError::BadValue: return "a value makes no sense";
  }
  return "";
}

}  // namespace offhook::inline v0::sip::packages
