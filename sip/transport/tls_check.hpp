#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/transport/sip_edge.hpp>
#include <offhook/sip/transport/tls_options.hpp>

namespace offhook::inline v0::sip {

/// Checks certificates, keys and pins as SipEdge::open() does, but without a socket. Reads the files. Errors: BadTrust (CA file,
/// pins), BadCertificate (ours, or its key).
[[nodiscard]] base::Result<void, EdgeError> check_tls(const TlsOptions& options);

}  // namespace offhook::inline v0::sip
