#pragma once

#include <offhook/sdp/audio_stream.hpp>
#include <offhook/sdp/transport.hpp>

#include <optional>
#include <string>

namespace offhook::inline v0::sdp {

/// One section of both descriptions: an m= line and the lines below it. It keeps its place for the whole session: RFC 3264 section 8.
struct Section {
  std::string kind = "audio";  ///< the media type of the m= line
  std::string format = "0";    ///< the first format of the latest line; a refused section lists it, too
  Transport transport;         ///< our transport
  std::optional<AudioStream> audio;  ///< nullopt if the section has a line of the negotiator's owner, or is refused

  /// Copies the kind, the protocol and the first format of `line`, the latest m= line at this place.
  void follow(const Media& line);
  /// Returns true if a line of the negotiator's owner has the kind and the protocol of this place.
  [[nodiscard]] bool fits(const Media& line) const;
  /// Returns an m= line with our transport, and without formats.
  [[nodiscard]] Media line() const;
  /// Returns the line of a refused section, with port 0: RFC 3264 section 6.
  [[nodiscard]] Media refused() const;
};

}  // namespace offhook::inline v0::sdp
