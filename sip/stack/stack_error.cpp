#include <offhook/sip/stack/stack_error.hpp>

namespace offhook::inline v0::sip {

std::string_view to_string(StackError error) {
  switch (error) {
    case StackError::UnknownAccount: return "unknown account";
    case StackError::UnknownSession: return "unknown session";
    case StackError::WrongState: return "not in this state of the call";
    case StackError::BadUri: return "not a URI that can be called";
    case StackError::Full: return "too many at a time";
    case StackError::UnknownSubscription: return "unknown subscription";
    case StackError::UnknownPublication: return "unknown publication";
    case StackError::BadEvent: return "not the name of an event package";
    case StackError::BadMethod: return "not a method that stands by itself";
    case StackError::TooLarge: return "too much for one message";
    case StackError::BadHeader:
      return "a header field that cannot be sent: the stack writes it itself, its name is no token, its value holds CR, LF or "
             "NUL, or there are too many";
  }
  return "";
}

}  // namespace offhook::inline v0::sip
