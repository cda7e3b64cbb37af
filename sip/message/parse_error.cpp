#include <offhook/sip/message/parse_error.hpp>

namespace offhook::inline v0::sip {

std::string_view to_string(ParseError error) {
  switch (error) {
    case ParseError::Empty: return "empty";
    case ParseError::TooLarge: return "too large";
    case ParseError::BadStartLine: return "bad start line";
    case ParseError::BadVersion: return "bad version";
    case ParseError::BadHeaderLine: return "bad header line";
    case ParseError::TooManyHeaders: return "too many headers";
    case ParseError::TooManyValues: return "too many values";
    case ParseError::MissingHeader: return "missing header";
    case ParseError::DuplicateHeader: return "duplicate header";
    case ParseError::BadContentLength: return "bad Content-Length";
    case ParseError::Truncated: return "truncated";
    case ParseError::BadNumber: return "bad number";
    case ParseError::NumberTooLarge: return "number too large";
    case ParseError::BadMethod: return "bad method";
    case ParseError::BadUri: return "bad URI";
    case ParseError::BadNameAddr: return "bad name-addr";
    case ParseError::BadParameter: return "bad parameter";
    case ParseError::BadHost: return "bad host";
    case ParseError::BadVia: return "bad Via";
    case ParseError::BadQuotedString: return "bad quoted string";
    case ParseError::MethodMismatch: return "method mismatch";
  }
  return "";
}

}  // namespace offhook::inline v0::sip
