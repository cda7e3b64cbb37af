#include <offhook/agent/phone/call_identity.hpp>

#include <chrono>
#include <utility>

namespace offhook::inline v0::phone {

namespace {

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

base::Result<void, base::Error> CallIdentity::open(const IdentityOptions& options) {
  if (options.verifying) {
    auto check = CallerCheck::open(*options.verifying);
    if (!check) return base::fail(check.error());
    callers_.emplace(std::move(*check));
  }
  if (options.signing) {
    auto signer = CallSigner::open(*options.signing);
    if (!signer) return base::fail(signer.error());
    signer_.emplace(std::move(*signer));
  }
  return {};
}

std::optional<int> CallIdentity::refusal_of(sip::IncomingCall& call) {
  if (!callers_) return std::nullopt;
  call.identity = callers_->verify(call, unix_now());
  return callers_->refusal_of(call);
}

void CallIdentity::sign(std::string_view from, std::string_view to, sip::HeaderList& headers, base::Random& random) const {
  if (signer_) headers.emplace_back("Identity", signer_->identity(from, to, unix_now(), random));
}

}  // namespace offhook::inline v0::phone
