#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/sdp/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The model of a session description, RFC 8866. It owns its text, so that it outlives the message that it came in.
namespace offhook::inline v0::sdp {

enum class Direction : std::uint8_t { SendRecv, SendOnly, RecvOnly, Inactive };

/// `sendrecv`, `sendonly`, `recvonly`, `inactive`
[[nodiscard]] std::string_view to_string(Direction direction);

/// `o=- 3250588766 1 IN IP4 192.0.2.1`, RFC 8866 section 5.2. The numbers stay text: peers write what they like there.
struct Origin {
  std::string username = "-";
  std::string session_id = "0";
  std::string version = "0";
  std::string net_type = "IN";
  std::string address_type = "IP4";
  std::string address;
  friend bool operator==(const Origin&, const Origin&) = default;
};

/// `c=IN IP4 192.0.2.1`, RFC 8866 section 5.7.
struct Connection {
  std::string net_type = "IN";
  std::string address_type = "IP4";
  std::string address;  ///< as written: a host name is allowed, and so is `224.2.17.12/127/2`

  [[nodiscard]] static Connection of(const base::IpAddress& ip);
  /// The address when it is a literal of the internet; nothing for a host name or another kind of network.
  [[nodiscard]] std::optional<base::IpAddress> ip() const;
  friend bool operator==(const Connection&, const Connection&) = default;
};

/// `a=name` or `a=name:value`. Spaces around name and value are not kept.
struct Attribute {
  std::string name;
  std::optional<std::string> value;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

/// A line that is carried and not understood.
struct Line {
  char type = 0;
  std::string value;
  friend bool operator==(const Line&, const Line&) = default;
};

/// One m= line and everything below it, RFC 8866 section 5.14.
struct Media {
  std::string kind;      ///< "audio", "video", "application", ...
  std::uint16_t port = 0;
  std::uint16_t port_count = 1;   ///< `m=video 49170/2`
  std::string protocol;  ///< "RTP/AVP"
  std::vector<std::string> formats;  ///< payload types of RTP, anything else of others
  std::string title;                 ///< i=; "" when absent
  std::vector<Connection> connections;
  std::vector<std::string> bandwidths;  ///< "AS:64"
  std::vector<Attribute> attributes;
  std::vector<Line> others;

  /// The value of the first attribute of this name: "" for one without a value, nothing when absent. Borrows from this Media.
  [[nodiscard]] std::optional<std::string_view> attribute(std::string_view name) const;
  [[nodiscard]] bool is_rtp() const;  ///< a profile of RTP, by its name
  friend bool operator==(const Media&, const Media&) = default;
};

struct Session {
  std::optional<Origin> origin;  ///< RFC 8866 demands it; some peers leave it out
  std::string name = "-";        ///< s=
  std::vector<Line> infos;       ///< i=, u=, e=, p= in their order
  std::optional<Connection> connection;
  std::vector<std::string> bandwidths;
  std::vector<Line> times;       ///< t=, r=, z= in their order; may be empty
  std::vector<Attribute> attributes;
  std::vector<Line> others;      ///< k=, what RFC 8866 does not know, and second ones of what may come once
  std::vector<Media> media;

  [[nodiscard]] std::optional<std::string_view> attribute(std::string_view name) const;
  /// Where media is sent to: the media's own c= line before the session's, RFC 8866 section 5.7.
  [[nodiscard]] const Connection* connection_of(const Media& stream) const;
  /// The media's own direction before the session's; sendrecv when neither is there, RFC 8866 section 6.7.
  [[nodiscard]] Direction direction_of(const Media& stream) const;
  /// The m= line with its own c= line and direction, where the session has them for all: it means the same in another session.
  [[nodiscard]] Media alone(const Media& stream) const;
  friend bool operator==(const Session&, const Session&) = default;
};

}  // namespace offhook::inline v0::sdp
