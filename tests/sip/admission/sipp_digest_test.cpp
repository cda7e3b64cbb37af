// SIPp, an independent program, authenticates at Offhook's verifier over loopback. SIPp supports only MD5.
#include <offhook/tests/sip/malformed/peer_socket.hpp>
#include <offhook/tests/testkit/skip.hpp>

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

/// Returns a step of a SIPp scenario in which the caller sends a request. `credentials` and `body` are lines of the request.
std::string sending(const std::string& method, int cseq, bool in_answer, const std::string& credentials, const std::string& body) {
  return std::string("  <send") + (in_answer ? "" : " retrans=\"500\"") + "><![CDATA[\n" + method +
         " sip:bot@[remote_ip]:[remote_port] SIP/2.0\n"
         "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
         "From: <sip:ada@[local_ip]>;tag=[call_number]\n" +
         (in_answer ? "[last_To:]\n" : "To: <sip:bot@[remote_ip]>\n") + "Call-ID: [call_id]\nCSeq: " + std::to_string(cseq) + " " +
         method + "\nContact: <sip:ada@[local_ip]:[local_port]>\nMax-Forwards: 70\n" + credentials + body + "]]></send>\n";
}

/// Returns a scenario of a call that is challenged, answers with `password`, and ends with `status`.
std::string scenario(const std::string& password, const std::string& status) {
  const std::string offer =
      "Content-Type: application/sdp\nContent-Length: [len]\n\n"
      "v=0\no=- 1 1 IN IP4 [local_ip]\ns=-\nc=IN IP4 [local_ip]\nt=0 0\nm=audio 4000 RTP/AVP 0\n";
  const std::string nothing = "Content-Length: 0\n\n";
  return "<?xml version=\"1.0\"?>\n<scenario name=\"call with digest\">\n" + sending("INVITE", 1, false, "", offer) +
         "  <recv response=\"401\" auth=\"true\"/>\n" + sending("ACK", 1, true, "", nothing) +
         sending("INVITE", 2, false, "[authentication username=ada password=" + password + "]\n", offer) +
         "  <recv response=\"100\" optional=\"true\"/>\n  <recv response=\"" + status + "\"/>\n" +
         sending("ACK", 2, true, "", nothing) + "</scenario>\n";
}

struct Admission {
  base::SystemRandom random;
  sip::Stack stack;
  std::unique_ptr<sip::SipEdge> edge;
  std::thread thread;
  std::atomic<int> proven{0};

  static sip::StackOptions options(std::vector<sip::Algorithm> algorithms) {
    sip::StackOptions made;
    made.admission.peers.clear();
    made.callers.who = {{"ada", "secret"}};
    made.callers.algorithms = std::move(algorithms);
    return made;
  }
  explicit Admission(std::vector<sip::Algorithm> algorithms) : stack(options(std::move(algorithms)), random) {
    sip::EdgeOptions where;
    where.bind = *base::IpAddress::parse("127.0.0.1");
    auto opened = sip::SipEdge::open(where, stack);
    REQUIRE(opened.has_value());
    edge = std::move(*opened);
    edge->on_event([this](const sip::Event& event) {
      const auto* call = std::get_if<sip::IncomingCall>(&event);
      if (call == nullptr) return;
      proven += call->proven_user == "ada" ? 1 : 0;
      (void)stack.calls().reject(call->session, 486, {}, base::Clock::now());
    });
    thread = std::thread([this] { edge->run(); });
  }
  ~Admission() {
    edge->stop();
    thread.join();
  }
};

/// Runs SIPp for one call with this password and expected status. Returns true if SIPp reports success.
bool sipp(std::uint16_t port, const std::string& password, const std::string& status) {
  const auto folder = std::filesystem::temp_directory_path() / ("offhook-admission-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "call.xml") << scenario(password, status);
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

TEST_CASE("SIPp authenticates with MD5, and gets a second 401 if its password is wrong [RFC 3261 section 22.1]") {
  if (std::system("command -v sipp >/dev/null 2>&1") != 0) return offhook_test::skip("sipp is not installed (apt-get install sip-tester)");
  Admission admission({sip::Algorithm::Md5});
  CHECK(sipp(admission.edge->port(), "secret", "486"));
  CHECK(admission.proven == 1);
  CHECK(sipp(admission.edge->port(), "guess", "401"));
  CHECK(admission.proven == 1);
}
