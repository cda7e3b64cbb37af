# Tests the SIP code of the page of `offhook demo --web` (agent/demo/page/sip.js) in Node, without a browser.
node_folder browser playwright-core
in_node sip 60 sip_test.mjs "$top/agent/demo/page"
