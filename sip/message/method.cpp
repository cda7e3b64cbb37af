#include <offhook/sip/message/method.hpp>

#include <array>
#include <cstddef>

namespace offhook::inline v0::sip {

namespace {

constexpr std::array<std::string_view, 15> kMethods = {"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "PRACK", "UPDATE",
                                                       "INFO", "REFER", "NOTIFY", "SUBSCRIBE", "MESSAGE", "PUBLISH", ""};
static_assert(kMethods.size() == static_cast<std::size_t>(Method::Other) + 1);

}  // namespace

Method parse_method(std::string_view token) {
  for (std::size_t i = 0; i + 1 < kMethods.size(); ++i) {
    if (kMethods[i] == token) return static_cast<Method>(i);
  }
  return Method::Other;
}

std::string_view to_string(Method method) { return kMethods[static_cast<std::size_t>(method)]; }

}  // namespace offhook::inline v0::sip
