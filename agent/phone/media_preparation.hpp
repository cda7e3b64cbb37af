#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>

#include <functional>
#include <string>

namespace offhook::inline v0::phone {

/// One section (m= line) of a call's description, whose ports are open.
struct SectionMedia {
  std::string kind;         ///< "audio"
  base::SocketAddress rtp;  ///< the local address; RTCP has the next port
};

/// The application invokes it when the media of a section are ready to be described, or with an error if they cannot be used. Only the first invocation counts.
using MediaReady = std::function<void(base::Result<void, base::Error>)>;

/// Prepares the media of a section before this side describes them, and then invokes `ready`, at once or later, on the signalling thread.
using PrepareMedia = std::function<void(const SectionMedia& section, MediaReady ready)>;

}  // namespace offhook::inline v0::phone
