#include <offhook/sip/message/parse_error.hpp>

namespace offhook::inline v0::sip {

std::string_view to_string(ParseError error) {
  switch (error) {
    case ParseError::Empty: return "the message is empty";
    case ParseError::TooLarge: return "the message is too large";
    case ParseError::BadStartLine: return "the start line is malformed";
    case ParseError::BadVersion: return "the version is not SIP/2.0";
    case ParseError::BadHeaderLine: return "a header line is malformed";
    case ParseError::TooManyHeaders: return "there are too many header fields";
    case ParseError::TooManyValues: return "a header field has too many values";
    case ParseError::MissingHeader: return "a mandatory header field is missing";
    case ParseError::DuplicateHeader: return "a header field has two different values";
    case ParseError::BadContentLength: return "the Content-Length is malformed";
    case ParseError::Truncated: return "the message is incomplete";
    case ParseError::BadNumber: return "a number is malformed";
    case ParseError::NumberTooLarge: return "a number is too large";
    case ParseError::BadMethod: return "the method is malformed";
    case ParseError::BadUri: return "a URI is malformed";
    case ParseError::BadNameAddr: return "a name-addr is malformed";
    case ParseError::BadParameter: return "a parameter is malformed";
    case ParseError::BadHost: return "a host is malformed";
    case ParseError::BadVia: return "a Via is malformed";
    case ParseError::BadQuotedString: return "a quoted string is malformed";
    case ParseError::MethodMismatch: return "the method of the CSeq is not that of the request";
  }
  return "";
}

}  // namespace offhook::inline v0::sip
