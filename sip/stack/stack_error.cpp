#include <offhook/sip/stack/stack_error.hpp>

namespace offhook::inline v0::sip {

std::string_view to_string(StackError error) {
  switch (error) {
    case StackError::UnknownAccount: return "the account does not exist";
    case StackError::UnknownSession: return "the call has already ended";
    case StackError::WrongState: return "the state of the call does not allow this operation";
    case StackError::BadUri: return "the target is not a URI that can be called";
    case StackError::Full: return "the limit of simultaneous operations is reached";
    case StackError::UnknownSubscription: return "the subscription has already ended";
    case StackError::UnknownPublication: return "the publication has already ended";
    case StackError::BadEvent: return "the event package has no valid name";
    case StackError::BadMethod: return "the method cannot be sent outside a call";
    case StackError::TooLarge: return "the content is too large for one message";
    case StackError::BadHeader:
      return "a header field cannot be sent: the stack writes it itself, its name is not a token, its value contains CR, LF or "
             "NUL, or there are too many";
  }
  return "";
}

}  // namespace offhook::inline v0::sip
