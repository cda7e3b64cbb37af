#include <offhook/sip/transport/tls_check.hpp>

#include <offhook/sip/transport/tls_context.hpp>

namespace offhook::inline v0::sip {

base::Result<void, EdgeError> check_tls(const TlsOptions& options) {
  if (const auto made = detail::TlsContext::make(options); !made) return base::fail(made.error());
  return {};
}

}  // namespace offhook::inline v0::sip
