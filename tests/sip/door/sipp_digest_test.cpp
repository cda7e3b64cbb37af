// SIPp, which nobody here wrote, proves a password to our verifier over loopback: one call for each qop and algorithm that it speaks.
#include <offhook/tests/sip/malformed/peer_socket.hpp>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include <sys/wait.h>

using namespace offhook;

namespace {

constexpr const char* kScenario = R"(<?xml version="1.0"?>
<scenario name="call with digest">
  <send retrans="500"><![CDATA[
INVITE sip:bot@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:ada@[local_ip]>;tag=[call_number]
To: <sip:bot@[remote_ip]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:ada@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 4000 RTP/AVP 0
]]></send>
  <recv response="401" auth="true"/>
  <send><![CDATA[
ACK sip:bot@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:ada@[local_ip]>;tag=[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
  <send retrans="500"><![CDATA[
INVITE sip:bot@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:ada@[local_ip]>;tag=[call_number]
To: <sip:bot@[remote_ip]>
Call-ID: [call_id]
CSeq: 2 INVITE
Contact: <sip:ada@[local_ip]:[local_port]>
[authentication username=ada password=@PASSWORD@]
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 4000 RTP/AVP 0
]]></send>
  <recv response="100" optional="true"/>
  <recv response="@STATUS@"/>
  <send><![CDATA[
ACK sip:bot@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:ada@[local_ip]>;tag=[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 2 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
</scenario>
)";

struct Door {
  base::SystemRandom random;
  sip::Stack stack;
  std::unique_ptr<sip::SipEdge> edge;
  std::thread thread;
  std::atomic<int> proven{0};

  static sip::StackOptions options(std::vector<sip::Algorithm> algorithms) {
    sip::StackOptions made;
    made.door.peers.clear();
    made.callers.who = {{"ada", "secret"}};
    made.callers.algorithms = std::move(algorithms);
    return made;
  }
  explicit Door(std::vector<sip::Algorithm> algorithms) : stack(options(std::move(algorithms)), random) {
    sip::EdgeOptions where;
    where.bind = *base::IpAddress::parse("127.0.0.1");
    auto opened = sip::SipEdge::open(where, stack);
    REQUIRE(opened.has_value());
    edge = std::move(*opened);
    edge->on_event([this](const sip::Event& event) {
      const auto* call = std::get_if<sip::IncomingCall>(&event);
      if (call == nullptr) return;
      proven += call->proven_user == "ada" ? 1 : 0;
      (void)stack.reject(call->session, 486, {}, base::Clock::now());
    });
    thread = std::thread([this] { edge->run(); });
  }
  ~Door() {
    edge->stop();
    thread.join();
  }
};

void replace(std::string& text, const std::string& mark, const std::string& value) { text.replace(text.find(mark), mark.size(), value); }

/// SIPp's own verdict on one call of that password and expected end.
bool sipp(std::uint16_t port, const std::string& password, const std::string& status) {
  const auto folder = std::filesystem::temp_directory_path() / ("offhook-door-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::string scenario = kScenario;
  replace(scenario, "@PASSWORD@", password);
  replace(scenario, "@STATUS@", status);
  std::ofstream(folder / "call.xml") << scenario;
  const std::string command = "cd '" + folder.string() + "' && sipp 127.0.0.1:" + std::to_string(port) +
                              " -auth_uri bot@127.0.0.1:" + std::to_string(port) +
                              " -sf call.xml -i 127.0.0.1 -m 1 -nostdin -timeout 20s -timeout_error " +
                              "-trace_err -error_file errors.txt >out.txt 2>&1 </dev/null";
  const int result = std::system(command.c_str());
  std::ifstream errors(folder / "errors.txt");
  if (result != 0) MESSAGE(std::string(std::istreambuf_iterator<char>(errors), {}));
  std::filesystem::remove_all(folder);
  return WIFEXITED(result) && WEXITSTATUS(result) == 0;
}

}  // namespace

TEST_CASE("SIPp proves a password with MD5, all that it speaks, and a wrong one gets it 401 again [RFC 3261 section 22.1]") {
  if (std::system("command -v sipp >/dev/null 2>&1") != 0) {
    MESSAGE("skipped: sipp is not installed (sip-tester)");
    return;
  }
  Door door({sip::Algorithm::Md5});
  CHECK(sipp(door.edge->port(), "secret", "486"));
  CHECK(door.proven == 1);
  CHECK(sipp(door.edge->port(), "guess", "401"));
  CHECK(door.proven == 1);
}
