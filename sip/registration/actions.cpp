#include <offhook/sip/registration/actions.hpp>

namespace offhook::inline v0::sip::registration {

std::string_view to_string(Why why) {
  switch (why) {
    case Why::None: return "none";
    case Why::WrongCredentials: return "wrong credentials";
    case Why::Refused: return "refused";
    case Why::NoAnswer: return "no answer";
    case Why::Unresolvable: return "unresolvable";
    case Why::Unreachable: return "unreachable";
  }
  return "";
}

}  // namespace offhook::inline v0::sip::registration
