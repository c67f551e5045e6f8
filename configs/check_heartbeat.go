package configs

// checkHeartbeat holds the heartbeat's address to what can be asked for, and its token
// out of the file.
func (l *loader) checkHeartbeat(path string) {
	h := &l.config.Heartbeat
	const key = "heartbeat.url"
	if why, remedy := h.URL.resolve(l.tree, path); why != "" {
		l.settings.Ref(key, why, remedy)
		return
	}
	switch {
	case !h.URL.IsSet():
		if h.Fail {
			l.settings.Ref("heartbeat.fail", "写了 fail, 没有写 url, 没有地方可报", "补上 url: {env: HUIYING_HEARTBEAT_URL}")
		}
	case h.URL.env == "" && h.URL.file == "":
		l.settings.Ref(key, "地址里有密钥, 不能直接写在文件里", "写成 {env: HUIYING_HEARTBEAT_URL} 或 {file: 路径}")
	case !httpURL(h.URL.value):
		l.settings.Ref(key, "地址要以 http:// 或 https:// 开头", "从心跳服务里整段复制")
	}
}
