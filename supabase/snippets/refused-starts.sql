-- Why starts of the last seven days failed, with the words that people saw.
select request.error_code, request.error_message, count(*) as times, max(request.created_at) as last
from mgmt.session_requests as request
where request.state = 'failed' and request.created_at > now() - interval '7 days'
group by 1, 2
order by times desc;
