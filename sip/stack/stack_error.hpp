#pragma once


#include <cstdint>
#include <string_view>

namespace offhook::inline v0::sip {

/// Errors of the operations of a stack.
enum class StackError : std::uint8_t {
  UnknownAccount,
  UnknownSession,
  WrongState,
  BadUri,
  Full,
  UnknownSubscription,
  BadEvent,
  BadMethod,
  TooLarge,
  BadHeader,
  UnknownPublication,
};
[[nodiscard]] std::string_view to_string(StackError error);

}  // namespace offhook::inline v0::sip
