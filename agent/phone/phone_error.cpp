#include <offhook/agent/phone/phone_error.hpp>

#include <utility>

namespace offhook::inline v0::phone {

base::Error phone_error(PhoneError code, std::string detail) { return {"phone", static_cast<int>(code), std::move(detail)}; }

bool is(const base::Error& error, PhoneError code) { return error.domain == "phone" && error.code == static_cast<int>(code); }

}  // namespace offhook::inline v0::phone
